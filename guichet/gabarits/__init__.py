"""Frame, components and error pages of both sites."""
