"""A login with Authlib and Flask, as Authlib's documentation does it."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session
from markupsafe import escape

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
oauth = OAuth(app)

for name, prefix in (("first", ""), ("second", "SECOND_")):
    oauth.register(
        name,
        client_id=os.environ[prefix + "CLIENT_ID"],
        client_secret=os.environ[prefix + "CLIENT_SECRET"],
        server_metadata_url=os.environ[prefix + "DISCOVERY_URL"],
        client_kwargs={"scope": "openid email profile"},
    )


@app.get("/")
def home():
    user = session.get("user")
    if user is None:
        return "<p>Nobody is logged in</p>"
    return f"<h1>Welcome, {escape(user.get('name'))}!</h1><p>{escape(user.get('email'))}</p>"


@app.get("/login/<name>")
def login(name):
    uri = os.environ["REDIRECT_URI" if name == "first" else "SECOND_REDIRECT_URI"]
    return oauth.create_client(name).authorize_redirect(uri)


@app.get("/callback/<name>")
def callback(name):
    token = oauth.create_client(name).authorize_access_token()
    session["user"] = token["userinfo"]
    return redirect("/")


@app.get("/logout")
def logout():
    session.pop("user", None)
    return redirect("/")


if __name__ == "__main__":
    app.run(host="localhost", port=int(os.environ["PORT"]), threaded=True)
