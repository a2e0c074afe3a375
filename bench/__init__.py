"""What `make bench` measures; each module has `measure()`."""
