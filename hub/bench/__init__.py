"""The measurements of docs/performance.md, as `hub bench intake|notify|desk|updates`.

Each makes its own stores and processes, so that a running hub neither disturbs nor is disturbed.
"""
