"""The fictional school of ``convo demo``. It is made by the operations that the pages use."""
