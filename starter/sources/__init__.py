"""What each sender says, and how it proves itself: one file each."""
