"""The interface of people: looking them up, what holds for them, and what was ever recorded about them."""
