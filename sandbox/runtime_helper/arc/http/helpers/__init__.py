"""The modules behind `arc.http`, under the names `architect-functions` gives them."""
