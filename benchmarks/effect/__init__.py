"""Whether the effect of lessons is found where there is one, and not where there is none."""
