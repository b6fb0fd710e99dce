"""
Many servers as one: a client of a cluster that outlasts a failover.
"""

from .patient import PatientCluster, connect_cluster

__all__ = ["PatientCluster", "connect_cluster"]
