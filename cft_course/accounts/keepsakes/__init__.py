"""Taking one's words along, bringing them from elsewhere, and deleting them: pages about everything one person has."""
