"""What protects every site in the same way: who calls, how often, and what a page may load."""
