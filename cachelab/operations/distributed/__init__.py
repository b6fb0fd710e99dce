"""
Many servers as one: stores behind a placement, copies of entries, and a client of a cluster.
"""

from .patient import PatientCluster, connect_cluster
from .replicated import Replicated
from .sharded import Sharded
from .user_data import UserData

__all__ = ["PatientCluster", "Replicated", "Sharded", "UserData", "connect_cluster"]
