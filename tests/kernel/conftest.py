"""One kernel for all storms of a worker; notebooks get one each."""

import pytest

from tests.drivers.kernel import Kernel


@pytest.fixture(scope="module")
def kernel():
    with Kernel() as one:
        one.run("import gc, sys, psutil\nfrom convlab import labs\nfrom tests.drivers.kernel import describe")
        yield one
