"""`python -m simulators.meta --port 9100 --webhook-base http://127.0.0.1:8080`"""

from __future__ import annotations

from simulators.meta.app import create_app
from simulators.meta.config import from_process

if __name__ == "__main__":
    config = from_process()
    print(f"Meta simulator: phones at http://{config.host}:{config.port}/phones", flush=True)
    create_app(config).run(config.host, config.port, single_process=True, access_log=False, motd=False)
