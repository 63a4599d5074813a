"""Lengths and counts of the Cloud API's messages endpoint, as Meta publishes them."""

TEXT = 4096
CAPTION = 1024
BODY = 1024  # of every interactive message but a list
LIST_BODY = 4096
HEADER = 60
FOOTER = 60
BUTTONS = 3
BUTTON_ID = 256
BUTTON_TITLE = 20
SECTIONS = 10
ROWS = 10
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72
REFERENCE = 512
TEMPLATE_NAME = 512
