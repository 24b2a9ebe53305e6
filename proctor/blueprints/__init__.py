"""Routes, by area. A view reads its input, makes one domain call and answers."""
