"""The rules of the product. Nothing here knows Flask, Socket.IO or MongoDB."""
