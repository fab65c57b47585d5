"""Logs somebody in with Google's own libraries for Python, as they come: google-auth and google-auth-oauthlib.

Prints the address to send the browser to, reads the address it came back to, and prints who it is. The argument is the client's
file, as Google's console gives it.
"""

import json
import sys

from google.auth.transport import requests
from google.oauth2 import id_token
from google_auth_oauthlib.flow import Flow

SCOPES = [
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/userinfo.profile",
]

with open(sys.argv[1], encoding="utf-8") as file:
    client = json.load(file)["web"]
flow = Flow.from_client_config({"web": client}, SCOPES)
flow.redirect_uri = client["redirect_uris"][0]
url, state = flow.authorization_url(access_type="offline", prompt="consent")
print(url, flush=True)

flow.fetch_token(authorization_response=sys.stdin.readline().strip())
credentials = flow.credentials
claims = id_token.verify_oauth2_token(credentials.id_token, requests.Request(), client["client_id"])
credentials.refresh(requests.Request())
print(json.dumps({"email": claims["email"], "name": claims["name"], "refreshed": credentials.valid}))
