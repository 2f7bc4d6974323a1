"""The words of pages, posts, mails and documents: templates, defaults, what a template may name."""
