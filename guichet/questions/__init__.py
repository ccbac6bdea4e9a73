"""Where a procedure is asked: kinds of field, a page of questions, the course of a form. No page, no address."""
