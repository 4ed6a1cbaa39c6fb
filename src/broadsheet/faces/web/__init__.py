"""What people read: the pages, complete without JavaScript."""
