"""Files of strangers: opened and written again by a process of their own, that can do nothing else."""
