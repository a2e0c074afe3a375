"""A practice Lazada (Thailand): the Open Platform's protocol as recorded in the project's notes, nothing shared."""
