"""Takes each guard of the product away in turn: the access tests have to see every one."""
