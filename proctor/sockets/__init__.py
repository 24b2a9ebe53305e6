"""The live channel: what ``docs/protocol.md`` describes. Handlers stay thin; rules live in ``proctor.domain``."""
