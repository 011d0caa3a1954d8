"""What each command does, from what was typed to what is written."""
