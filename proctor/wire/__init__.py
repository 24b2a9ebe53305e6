"""What crosses the wire: bodies that callers send, and answers they get, over HTTP and Socket.IO alike.

An area's files have the same name in ``bodies``, ``shapes`` and ``answers``. Everybody else takes what they hold from
these packages: ``bodies.NewNote``, ``shapes.IdAnswer``, ``answers.event_answer``.
"""
