"""What is owed once: posts, mails, documents, tickets."""
