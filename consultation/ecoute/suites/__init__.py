"""From what was said to what is done: findings, proposals, actions, each linked to the one before."""
