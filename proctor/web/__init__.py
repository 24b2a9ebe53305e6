"""Flask glue: who is calling, what they sent, and how they are answered. Rules live in ``proctor.domain``."""
