"""Programs for those who maintain the project; nothing of them runs in operation."""
