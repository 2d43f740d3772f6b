"""What people see: pages over the same questions and wishes as the interface for programs.

`frame/` is what all pages share; every other module here holds pages, and is found by being here.
"""
