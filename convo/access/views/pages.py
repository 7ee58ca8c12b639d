"""The blueprint that every module of the access room's views adds its pages to."""

from flask import Blueprint

pages = Blueprint("access", __name__)
