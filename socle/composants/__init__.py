"""What pages of every site are made of: the skeleton, form fields, messages, links, and the filters of typography."""
