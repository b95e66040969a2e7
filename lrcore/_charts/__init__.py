"""The interactive charts, and the frame around them."""
