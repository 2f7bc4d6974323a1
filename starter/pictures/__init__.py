"""What is drawn: previews, figures and incidents as SVG, the same for files, pages and documents."""
