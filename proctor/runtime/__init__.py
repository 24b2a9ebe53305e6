"""What runs the application: the embedded database, the gunicorn worker and the demo launcher.

Nothing in here is imported by the application itself.
"""
