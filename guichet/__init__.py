"""Guichet: the residents' site and the agents' site of a town, over one domain."""
