"""A synthetic city, settled through the services: nobody in it exists."""
