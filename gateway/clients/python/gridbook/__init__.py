# SPDX-License-Identifier: Apache-2.0
"""A client of the Gridbook exchange: orders, account stream, market data with books, signed HTTP."""

from .book import Book, BookError
from .errors import Disconnected, Refused
from .http import Http
from .market import MarketClient
from .signing import Key
from .trade import TradeClient

__all__ = ["Book", "BookError", "Disconnected", "Http", "Key", "MarketClient", "Refused", "TradeClient"]
