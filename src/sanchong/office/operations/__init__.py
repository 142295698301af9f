"""Running the office: what the command line does to an installation, one file a duty.

Above all apps: a duty may call any app's services, and no app knows the duties.
"""
