"""One callable per thing a person or channel can cause. Bot, web and API call the same ones."""
