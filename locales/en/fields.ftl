# Fields of a desk's own.

fields-section = Fields
fields-section-hint = custom fields, forms, required, conditions, validation
fields-further = Further fields
