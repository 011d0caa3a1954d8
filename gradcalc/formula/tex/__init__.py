"""The one reader of TeX mathematics: `commands` it knows, how it reads them (`read`, `tree`) and writes them again."""
