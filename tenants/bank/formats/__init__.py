"""Questions of other makers: read from GIFT, Aiken, Moodle XML and sheets, written as GIFT and Moodle XML. Pure."""
