"""Variants as questions with a blank for each number: what is asked, and the files of platforms and of text2qti."""
