"""Meta as seen from a server: the Graph API of three channels, its webhooks, and phones in the browser.

Written from the channel briefs alone; it shares no code with what it tests.
"""
