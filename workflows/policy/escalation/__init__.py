"""Who is paged, when, again, and what the pager is to know."""
