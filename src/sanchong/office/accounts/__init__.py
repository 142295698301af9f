"""Who acts: accounts of people, tokens of programs, and the realm that each acts in."""
