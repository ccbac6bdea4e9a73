"""Reading opinions: names hidden first, then themes by people, two at least; the machine only proposes."""
