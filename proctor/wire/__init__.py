"""What crosses the wire: bodies that callers send, and answers they get, over HTTP and Socket.IO alike."""
