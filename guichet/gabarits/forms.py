"""Forms are drawn with the charter's classes."""

from django.forms.renderers import TemplatesSetting


class Rendu(TemplatesSetting):
    """`{{ form.champ.as_field_group }}` gives label, help, error and field, tied together."""

    field_template_name = "components/champ.html"
