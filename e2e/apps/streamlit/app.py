"""A Streamlit app with a login, in the documented manner."""

import streamlit as st

if not st.user.is_logged_in:
    st.header("Login Required")
    st.button("Log in with Google", on_click=st.login, args=["google"])
    st.button("Log in with another", on_click=st.login, args=["other"])
else:
    st.header(f"Welcome, {st.user.name}!")
    st.button("Log out", on_click=st.logout)
