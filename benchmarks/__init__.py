"""What the product promises, measured from outside. Nothing here is part of the product."""
